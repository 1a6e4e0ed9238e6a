/// What a file of SQLite's write-ahead log (sqlite.org/fileformat2.html, section 4) holds beyond what SQLite takes of it.
///
///     0..<32    header: magic, version, page size, checkpoint number, two salts, two checksums; all big-endian
///     24 + page each frame: page number, size of the database after a commit or 0, the salts, two checksums, the page
///
/// The checksums run on from frame to frame, over words of the byte order that the magic's last bit names. SQLite takes
/// all frames up to the last commit before the first that does not fit, and says nothing about the rest.
struct WriteAheadLog {
    /// Committed transactions of this log behind the first frame that does not fit. A power cut leaves at most one: the
    /// next is begun only when the one before is safe.
    private(set) var unreachableCommits = 0

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// Looks through a log.
    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { read($0) }
    }

    private mutating func read(_ log: UnsafeRawBufferPointer) {
        guard log.count >= Self.headerBytes else { return }
        func word(_ offset: Int) -> UInt32 {
            UInt32(bigEndian: log.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let isBigEndian = log[3] & 1 == 1
        func sum(_ range: Range<Int>, _ sums: inout (UInt32, UInt32)) {
            var offset = range.lowerBound
            while offset < range.upperBound {
                let first = log.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let second = log.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                sums.0 &+= (isBigEndian ? UInt32(bigEndian: first) : UInt32(littleEndian: first)) &+ sums.1
                sums.1 &+= (isBigEndian ? UInt32(bigEndian: second) : UInt32(littleEndian: second)) &+ sums.0
                offset += 8
            }
        }
        var sums: (UInt32, UInt32) = (0, 0)
        sum(0..<24, &sums)
        var fits = word(0) & ~1 == 0x377F_0682 && sums == (word(24), word(28))
        // A header that does not fit was damaged: it is safe before the first frame is written.
        let salts = fits ? (word(16), word(20)) : (0, 0)
        let isHeaderSound = fits
        let frameBytes = Self.frameHeaderBytes + (fits ? Int(word(8)) : SpoolSettings.pageBytes)
        guard frameBytes > Self.frameHeaderBytes, frameBytes % 8 == 0 else { return }
        var frame = Self.headerBytes
        while frame + frameBytes <= log.count {
            if fits {
                sum(frame..<frame + 8, &sums)
                sum(frame + Self.frameHeaderBytes..<frame + frameBytes, &sums)
                fits = salts == (word(frame + 8), word(frame + 12)) && sums == (word(frame + 16), word(frame + 20))
            }
            let isOfThisLog = !isHeaderSound || salts == (word(frame + 8), word(frame + 12))
            if !fits, isOfThisLog, word(frame + 4) != 0 { unreachableCommits += 1 }
            frame += frameBytes
        }
    }
}
