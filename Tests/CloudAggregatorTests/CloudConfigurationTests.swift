import ConfigurationFile
import Glibc
import ObjectStore
import PostgreSQL
import Testing
import Warehouse

@testable import CloudAggregator

@Suite struct CloudConfigurationTests {
    private static let good = """
        [cloud]
        state = state
        fleet = demo
        streams = streams
        [devices]
        listen = 127.0.0.1:0
        certificate = server.pem
        key = server.key
        authority = ca.pem
        url = https://127.0.0.1:8443
        [dashboard]
        listen = 127.0.0.1:0
        assets = dashboard
        plotly = plotly.min.js
        [keys]
        receipt = receipt.pem
        release = release.pem
        timestamp = timestamp.pem
        """

    private func errors(_ text: String) -> String {
        do throws(ConfigurationErrors) {
            _ = try CloudConfiguration(ConfigurationFile(text: text, source: "/etc/w/cloud.conf"))
            return ""
        } catch {
            return error.description
        }
    }

    @Test func theInstalledFileIsGoodAndShowsTheDefaults() throws {
        let path = #filePath.replacing(
            "Tests/CloudAggregatorTests/CloudConfigurationTests.swift", with: "cloud/cloud.conf")
        let installed = try CloudConfiguration(contentsOf: path)
        let plain = try CloudConfiguration(ConfigurationFile(text: Self.good, source: "/etc/w/cloud.conf"))
        #expect(installed.merge == plain.merge)
        #expect(installed.limits == plain.limits)
        #expect(installed.lake == plain.lake)
        #expect(installed.connections == plain.connections)
        #expect(installed.keptConnections == plain.keptConnections)
        #expect(installed.idleLimit == plain.idleLimit)
        #expect(installed.logLevel == plain.logLevel)
        #expect(installed.devices.listen == ListenAddress(host: "0.0.0.0", port: 8443))
        #expect(installed.dashboard.listen.isLoopback)
    }

    @Test func theWarehouseIsInAFileOrInADatabase() throws {
        let source = "/etc/w/cloud.conf"
        let plain = try CloudConfiguration(ConfigurationFile(text: Self.good, source: source))
        #expect(try plain.warehouse == .sqlite(path: "/etc/w/state/warehouse.sqlite"))
        let text = Self.good + "\n[warehouse]\nengine = postgresql\nconnection = host=db dbname=w password=secret\n"
        let server = try CloudConfiguration(ConfigurationFile(text: text, source: source))
        let location = PostgreSQLLocation(
            address: try PostgreSQLAddress("host=db dbname=w password=secret"), schema: "waystation")
        #expect(try server.warehouse == .postgresql(location))
        let other = text + "schema = other\nquery-connection = host=db dbname=w user=reader\n"
        guard
            case .postgresql(let found) = try CloudConfiguration(ConfigurationFile(text: other, source: source))
                .warehouse
        else { return #expect(Bool(false), "it is in a file") }
        #expect(found.schema == "other" && found.queryAddress.text.hasSuffix("user=reader"))
    }

    @Test(
        arguments: [
            ("engine = postgres", "sqlite"), ("engine = postgresql", "connection"),
            ("connection = host=db", "engine = postgresql"), ("schema = other", "engine = postgresql"),
            ("engine = postgresql\nconnection = host=db\nschema = pg_own", "pg_"),
        ])
    func whatIsWrongWithTheWarehouseIsSaid(lines: String, words: String) {
        #expect(errors(Self.good + "\n[warehouse]\n\(lines)\n").contains(words))
    }

    @Test func aConnectionStringThatCannotBeReadIsNotShown() throws {
        let text = Self.good + "\n[warehouse]\nengine = postgresql\nconnection = host=db pasword=secret\n"
        let configuration = try CloudConfiguration(ConfigurationFile(text: text, source: "/etc/w/cloud.conf"))
        let error = #expect(throws: CloudError.self) { try configuration.warehouse }
        #expect(error?.description.contains("'connection' in [warehouse]") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func relativePathsAreRelativeToTheFile() throws {
        let configuration = try CloudConfiguration(ConfigurationFile(text: Self.good, source: "/etc/w/cloud.conf"))
        #expect(configuration.state == "/etc/w/state")
        #expect(configuration.keys.release == "/etc/w/release.pem")
        #expect(configuration.merge.groupDelay == .milliseconds(20))
    }

    @Test func theLakeMayHaveAFolderOfItsOwnAndAGrace() throws {
        let text = Self.good + "\n[lake]\nstore = directory\nfolder = lake\ngrace = 10 min\n"
        let lake = try CloudConfiguration(ConfigurationFile(text: text, source: "/etc/w/cloud.conf")).lake
        #expect(lake.folder == "/etc/w/lake" && !lake.store.isOther)
        #expect(lake.grace == .seconds(600))
        #expect(errors(Self.good + "\n[lake]\ngrace = 30 d\n").contains("key 'grace' in [lake] is '30 d'"))
        #expect(errors(Self.good + "\n[lake]\nfolder = lake\n").contains("key 'folder' in [lake]"))
        #expect(errors(Self.good + "\n[lake]\nstore = s3\n").contains("key 'bucket' is missing in [lake]"))
    }

    @Test func anUnknownKeyIsNamedWithItsLineAndTheNearestKnown() {
        let text = errors(Self.good + "\n[merge]\ngroup-batchs = 8\n")
        #expect(
            text
                == "/etc/w/cloud.conf:20: unknown key 'group-batchs' in [merge]; the nearest known key is 'group-batches'"
        )
    }

    @Test func aDashboardForTheWholeNetworkIsRefused() {
        let text = errors(
            Self.good.replacing("[dashboard]\nlisten = 127.0.0.1:0", with: "[dashboard]\nlisten = 0.0.0.0:8080"))
        #expect(
            text.contains(
                "cloud.conf:12: key 'listen' in [dashboard] is '0.0.0.0:8080', but must be a loopback address"))
    }

    @Test func withoutASectionRawBatchesAreBelowTheStateFolder() throws {
        let configuration = try CloudConfiguration(ConfigurationFile(text: Self.good, source: "/etc/w/cloud.conf"))
        #expect(configuration.raw.bucket == nil)
    }

    @Test func aBucketIsReadWithAllItNeeds() throws {
        let text =
            Self.good + """

                [raw]
                store = s3
                bucket = my-bucket
                prefix = station
                region = eu-west-1
                credentials = file
                credentials-file = s3.conf
                """
        let bucket = try #require(
            try CloudConfiguration(ConfigurationFile(text: text, source: "/etc/w/cloud.conf")).raw.bucket)
        #expect(bucket.location == S3Location(bucket: "my-bucket", prefix: "station", region: "eu-west-1"))
        #expect(bucket.credentials == .file("/etc/w/s3.conf"))
    }

    @Test func whatIsWrongWithABucketIsListed() {
        let text = errors(
            Self.good + "\n[raw]\nstore = s3\nendpoint = https://host/path\nprefix = a//b\ncredentials = file\n")
        for part in [
            "key 'bucket' is missing in [raw]", "key 'endpoint' in [raw]", "key 'prefix' in [raw]",
            "key 'credentials-file' is missing in [raw]",
        ] {
            #expect(text.contains(part))
        }
    }

    @Test func credentialsThatOthersMayReadAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[credentials]\nkey-id = k\nsecret = s\n", to: "s3.conf")
        chmod(path, 0o640)
        #expect(
            performing: {
                try StoreConfiguration.credentials(in: path, section: "raw")
            },
            throws: { error in
                if case CloudError.unusable("credentials-file", "raw", path, _) = error { true } else { false }
            })
        chmod(path, 0o600)
        let credentials = try StoreConfiguration.credentials(in: path, section: "raw")
        #expect(credentials == S3Credentials(keyIdentifier: "k", secret: "s"))
    }

    @Test func allErrorsAreListedAtOnce() {
        let text = errors(
            Self.good.replacing("fleet = demo\n", with: "").replacing("https://", with: "http://")
                + "\n[limits]\nwire = 4\n")
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.contains("key 'fleet' is missing in [cloud]"))
        #expect(text.contains("key 'url' in [devices]"))
        #expect(text.contains("key 'wire' in [limits]"))
    }
}
