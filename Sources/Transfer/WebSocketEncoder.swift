/// Writes the frames of a client: whole messages, masked (RFC 6455 section 5.3).
enum WebSocketEncoder {
    /// Appends one final frame. The first byte of the masking key is its highest: `0x37FA213D` masks with 37 FA 21 3D.
    static func append(_ opcode: WebSocketOpcode, _ payload: [UInt8], maskingKey: UInt32, to output: inout [UInt8]) {
        output.append(0x80 | opcode.rawValue)
        switch payload.count {
        case ..<126: output.append(0x80 | UInt8(payload.count))
        case ..<65_536:
            output.append(0x80 | 126)
            output.append(contentsOf: [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)])
        default:
            output.append(0x80 | 127)
            output.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) })
        }
        output.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: maskingKey >> (24 - 8 * $0)) })
        let start = output.count
        output.append(contentsOf: payload)
        output.withUnsafeMutableBytes { mask(UnsafeMutableRawBufferPointer(rebasing: $0[start...]), with: maskingKey) }
    }

    /// The payload of a close frame; a reason that is too long is cut at a character.
    static func closePayload(code: UInt16, reason: String) -> [UInt8] {
        var payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        for scalar in reason.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            guard payload.count + bytes.count <= WebSocketFrameHeader.maximumControlBytes else { break }
            payload += bytes
        }
        return payload
    }

    /// Masks in place, eight bytes at a time.
    private static func mask(_ bytes: UnsafeMutableRawBufferPointer, with key: UInt32) {
        let wide = (UInt64(key) << 32 | UInt64(key)).bigEndian
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index & 3)))
            index &+= 1
        }
    }
}
