// swift-tools-version:6.1
import PackageDescription

// Arrow's C++ libraries, which provisioning/setup puts there; installed programs look in /usr/local/lib/waystation too.
let parquet = "\(Context.packageDirectory)/.waystation/parquet"

let debian: (String) -> [SystemPackageProvider] = { [.apt([$0])] }

let package = Package(
    name: "waystation",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "waystation-edge", targets: ["waystation-edge"]),
        .executable(name: "waystation-cloud", targets: ["waystation-cloud"]),
        .executable(name: "waystation-replay", targets: ["waystation-replay"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // The libraries of the machine, each with exactly one Swift target that imports it.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: debian("libcurl4-openssl-dev")),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: debian("libssl-dev")),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: debian("libpq-dev")),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: debian("libsqlite3-dev")),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: debian("libzstd-dev")),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "CParquet", cxxSettings: [.unsafeFlags(["-isystem", "\(parquet)/include"])],
            linkerSettings: [
                .unsafeFlags(
                    ["-L\(parquet)/lib"]
                        + ["\(parquet)/lib", "$ORIGIN/../lib/waystation"].flatMap {
                            ["-Xlinker", "-rpath", "-Xlinker", $0]
                        }),
                // Arrow exports a simdjson of its own, of another version: whose is found first, is everybody's.
                .linkedLibrary("simdjson"), .linkedLibrary("parquet"), .linkedLibrary("arrow"),
            ]),

        .target(name: "JSON", dependencies: ["CSimdJSON"]),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "Cryptography", dependencies: ["COpenSSL"]),
        .target(name: "Parquet", dependencies: ["CParquet"]),
        .target(name: "Zstandard", dependencies: ["CZstd"]),
        .target(name: "ConfigurationFile"),
        .target(name: "Transfer", dependencies: ["CCurl", "Cryptography"]),

        // What edge and cloud agree on.
        .target(name: "Signing", dependencies: ["Cryptography", "JSON"]),
        .target(name: "BatchFormat", dependencies: ["Signing", "Zstandard", "Cryptography", "JSON"]),
        .target(name: "Scoring", dependencies: ["Signing", "Zstandard", "Cryptography", "JSON"]),
        .target(name: "StreamDefinition", dependencies: ["JSON", "Scoring", "ConfigurationFile"]),
        .target(name: "FleetProtocol", dependencies: ["Signing", "Cryptography", "JSON"]),

        // The edge half: neither Foundation nor Dispatch below this line or above it.
        .target(
            name: "EdgeCollector",
            dependencies: [
                "BatchFormat", "ConfigurationFile", "Cryptography", "FleetProtocol", "JSON", "Scoring", "Signing",
                "SQLite", "StreamDefinition", "Transfer", "Zstandard",
            ]),
        .executableTarget(name: "waystation-edge", dependencies: ["EdgeCollector"]),

        // The cloud half.
        .target(name: "PostgreSQL", dependencies: ["CPostgreSQL"]),
        .target(
            name: "Warehouse", dependencies: ["Cryptography", "JSON", "PostgreSQL", "SQLite", "StreamDefinition"]),
        .target(name: "ObjectStore", dependencies: ["Cryptography", "JSON", "Transfer"]),
        .target(name: "RawStore", dependencies: ["BatchFormat", "Cryptography", "ObjectStore", "Signing"]),
        .target(
            name: "Lake",
            dependencies: ["Cryptography", "JSON", "ObjectStore", "Parquet", "StreamDefinition", "Warehouse"]),
        .target(name: "Learning", dependencies: ["JSON", "Scoring", "StreamDefinition", "Warehouse"]),
        .target(
            name: "CloudAggregator",
            dependencies: [
                "BatchFormat", "CMalloc", "ConfigurationFile", "Cryptography", "FleetProtocol", "JSON", "Lake",
                "Learning", "ObjectStore", "PostgreSQL", "RawStore", "Scoring", "Signing", "SQLite", "StreamDefinition",
                "Warehouse", "Zstandard",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "waystation-cloud",
            dependencies: [
                "CloudAggregator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // The stand-in for the stream's own server.
        .target(
            name: "StreamReplay",
            dependencies: [
                "JSON", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "waystation-replay",
            dependencies: [
                "StreamDefinition", "StreamReplay",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "ConfigurationFileTests", dependencies: ["ConfigurationFile"]),

        .testTarget(name: "SigningTests", dependencies: ["Signing", "Cryptography"]),
        .testTarget(
            name: "BatchFormatTests", dependencies: ["BatchFormat", "Cryptography", "JSON", "Signing", "Zstandard"]),
        .testTarget(name: "FleetProtocolTests", dependencies: ["FleetProtocol", "Cryptography", "JSON"]),
        .testTarget(
            name: "StreamReplayTests",
            dependencies: [
                "StreamReplay", "JSON", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .testTarget(name: "ObjectStoreTests", dependencies: ["JSON", "ObjectStore", "Transfer"]),
        .testTarget(
            name: "RawStoreTests",
            dependencies: ["BatchFormat", "Cryptography", "ObjectStore", "RawStore", "Zstandard"]),
        .testTarget(
            name: "ScoringTests", dependencies: ["Scoring", "Cryptography", "JSON", "Signing", "Zstandard"]),
        .testTarget(
            name: "LearningTests",
            dependencies: [
                "Learning", "Cryptography", "JSON", "Scoring", "StreamDefinition", "Warehouse",
            ]),
        .testTarget(
            name: "EdgeCollectorTests",
            dependencies: [
                "BatchFormat", "ConfigurationFile", "Cryptography", "EdgeCollector", "FleetProtocol", "JSON", "SQLite",
                "Scoring", "Signing", "SimulatedDisk", "StreamDefinition", "Transfer", "waystation-edge",
            ]),
        // A disk in memory that loses unsynced writes and fails on demand, for the tests of the spool.
        .target(name: "SimulatedDisk", dependencies: ["CSQLite", "EdgeCollector"], path: "Tests/SimulatedDisk"),
        .testTarget(name: "StreamDefinitionTests", dependencies: ["JSON", "StreamDefinition"]),
        .testTarget(name: "PostgreSQLTests", dependencies: ["PostgreSQL"]),
        .testTarget(
            name: "WarehouseTests", dependencies: ["JSON", "PostgreSQL", "SQLite", "StreamDefinition", "Warehouse"]),
        .executableTarget(
            name: "autobahn-client", dependencies: ["Transfer"], path: "Tests/Autobahn",
            exclude: ["run", "report.py", "requirements.txt"]),
        .testTarget(name: "TransferTests", dependencies: ["Cryptography", "Transfer"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"]),
        .testTarget(name: "ParquetTests", dependencies: ["Parquet"]),
        .testTarget(
            name: "LakeTests",
            dependencies: ["Cryptography", "JSON", "Lake", "ObjectStore", "Parquet", "StreamDefinition", "Warehouse"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"]),
        .testTarget(name: "ZstandardTests", dependencies: ["Zstandard"]),
        .testTarget(
            name: "CloudAggregatorTests",
            dependencies: [
                "BatchFormat", "CloudAggregator", "ConfigurationFile", "Cryptography", "FleetProtocol", "JSON",
                "ObjectStore", "PostgreSQL", "RawStore", "SQLite", "Scoring", "Signing", "StreamDefinition",
                "Warehouse", "Zstandard", "waystation-cloud",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        // Loads a running cloud as a fleet does; Tests/Benchmarks/cloud.py runs it.
        .executableTarget(
            name: "waystation-load",
            dependencies: [
                "BatchFormat", "CloudAggregator", "Cryptography", "FleetProtocol", "Signing", "StreamReplay",
                "Zstandard",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Load"),
        // What is fuzzed: Tests/Fuzzing/run builds it with libFuzzer, the tests give it the corpora again.
        .target(
            name: "FuzzTargets",
            dependencies: ["BatchFormat", "Cryptography", "JSON", "Signing", "StreamDefinition", "Warehouse"],
            path: "Tests/Fuzzing/Targets"),
        .testTarget(name: "FuzzingTests", dependencies: ["FuzzTargets"]),
        // Edges and cloud together over a simulated network, from one seed; provisioning/test runs it.
        .executableTarget(
            name: "waystation-simulation",
            dependencies: [
                "BatchFormat", "Cryptography", "EdgeCollector", "FleetProtocol", "JSON", "Signing", "SimulatedDisk",
                "StreamDefinition", "Transfer", "Warehouse",
            ],
            path: "Tests/Simulation"),
        // What x86-64 and ARM must compute alike; provisioning/test-arm64 runs it on both.
        .executableTarget(
            name: "waystation-selfcheck",
            dependencies: [
                "BatchFormat", "Cryptography", "EdgeCollector", "FleetProtocol", "JSON", "Scoring", "Signing",
                "StreamDefinition", "Zstandard",
            ],
            path: "Tests/SelfCheck"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)

// What the edge stands on does not import the compiler's concurrency library unasked: that would bring Dispatch along.
let edgeModules = [
    "JSON", "SQLite", "Cryptography", "Zstandard", "ConfigurationFile", "Transfer", "Signing", "BatchFormat", "Scoring",
    "StreamDefinition", "FleetProtocol", "EdgeCollector", "waystation-edge",
    "waystation-selfcheck",
]
for target in package.targets where edgeModules.contains(target.name) {
    target.swiftSettings = [
        .unsafeFlags(
            ["concurrency", "string-processing"].flatMap { ["-Xfrontend", "-disable-implicit-\($0)-module-import"] })
    ]
}
