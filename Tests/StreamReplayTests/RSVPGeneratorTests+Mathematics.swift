#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RSVPGeneratorTests {
    static func exponential(_ value: Double) -> Double { exp(value) }
    static func logarithm(_ value: Double) -> Double { log(value) }
}
