import NIOCore

/// Hands on copies of what TLS has decrypted, each as large as what is in it.
///
/// `NIOSSLHandler` decrypts into one buffer of two records (32 KiB), and needs a new one whenever somebody still holds a
/// part of the last. A body is held until it has all come, so each read of it would leave such a buffer behind.
final class PlaintextCopier: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let plaintext = unwrapInboundIn(data)
        var copy = context.channel.allocator.buffer(capacity: plaintext.readableBytes)
        copy.writeImmutableBuffer(plaintext)
        context.fireChannelRead(wrapInboundOut(copy))
    }
}
