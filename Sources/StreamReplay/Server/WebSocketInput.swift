import NIOCore
import NIOWebSocket

/// What a WebSocket client sends: a ping is answered, a close is completed, all else has no effect, as with the real
/// stream.
final class WebSocketInput: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let connection: ClientConnection

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .ping: connection.send(Wire.answer(opcode: 0xA, frame.unmaskedData))
        case .connectionClose where connection.isEnding: connection.close()
        case .connectionClose:
            connection.end(with: Wire.answer(opcode: 0x8, frame.unmaskedData), awaitsAnswer: false)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The handler behind the decoder has told the client what was wrong.
        connection.close()
    }
}
