import Glibc

/// What libFuzzer calls, see https://llvm.org/docs/LibFuzzer.html. The program's name says what is fuzzed: `fuzz-batch`.
private nonisolated(unsafe) var target = FuzzTarget.batch

@_cdecl("LLVMFuzzerInitialize")
func startFuzzing(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
    let program = arguments.pointee.pointee.map { String(cString: $0) } ?? ""
    let name = program.split(separator: "/").last.map { $0.dropFirst("fuzz-".count) } ?? ""
    guard let named = FuzzTarget(rawValue: String(name)) else {
        print("\(program): name it fuzz-TARGET, TARGET one of \(FuzzTarget.allCases.map(\.rawValue))")
        exit(1)
    }
    target = named
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
