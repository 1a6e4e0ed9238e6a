@testable import Transfer

/// Writes frames as a server does, right or wrong.
enum ServerFrame {
    static func bytes(
        _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0
    ) -> [UInt8] {
        var frame = [(isFinal ? 0x80 : 0) | reserved | opcode]
        switch payload.count {
        case ..<126: frame.append(UInt8(payload.count))
        case ..<65_536: frame += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        return frame + payload
    }

    static func text(_ text: String) -> [UInt8] { bytes(1, Array(text.utf8)) }

    static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        bytes(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    /// Takes a client's masked frame apart; nil where there is none, or it is not masked.
    static func parseMasked(_ bytes: [UInt8]) -> (first: UInt8, payload: [UInt8], byteCount: Int)? {
        guard bytes.count >= 2, bytes[1] & 0x80 != 0 else { return nil }
        var offset = 2
        var count = Int(bytes[1] & 0x7F)
        if count >= 126 {
            let extra = count == 126 ? 2 : 8
            guard bytes.count >= 2 + extra else { return nil }
            count = bytes[2..<2 + extra].reduce(0) { $0 << 8 | Int($1) }
            offset += extra
        }
        guard bytes.count >= offset + 4 + count else { return nil }
        let key = Array(bytes[offset..<offset + 4])
        let payload = bytes[(offset + 4)..<(offset + 4 + count)].enumerated().map { $1 ^ key[$0 % 4] }
        return (bytes[0], payload, offset + 4 + count)
    }
}

extension WebSocketDecoder {
    /// Decodes pieces one after another; what came out before an error, and the error.
    static func decode(
        _ pieces: [[UInt8]], maximumMessageBytes: Int = 1 << 20
    ) -> (inputs: [Input], error: TransferError?) {
        var decoder = WebSocketDecoder(maximumMessageBytes: maximumMessageBytes)
        var inputs: [Input] = []
        for piece in pieces {
            do throws(TransferError) { try decoder.receive(piece, to: &inputs) } catch { return (inputs, error) }
        }
        return (inputs, nil)
    }
}

extension WebSocketDecoder.Input {
    static func message(_ kind: WebSocketMessageKind, _ bytes: ArraySlice<UInt8>) -> Self {
        .message(WebSocketMessage(kind: kind, bytes: bytes))
    }
}
