import ArgumentParser
import CloudAggregator
import Testing

@testable import waystation_cloud

@Suite struct CommandTests {
    private func parse<Command: ParsableCommand>(_ arguments: [String], as type: Command.Type) throws -> Command {
        try #require(try WaystationCloud.parseAsRoot(arguments) as? Command)
    }

    @Test func everyCommandReadsTheInstalledConfigurationUnlessToldOtherwise() throws {
        #expect(try parse(["serve"], as: Serve.self).options.path == "/etc/waystation/cloud.conf")
        #expect(try parse(["check", "--config", "a.conf"], as: Check.self).options.path == "a.conf")
        #expect(
            try parse(["device", "list", "--config", "a.conf"], as: DeviceCommand.List.self).options.path == "a.conf")
    }

    @Test func anInvitationIsGoodForADayUnlessToldOtherwise() throws {
        let plain = try parse(["device", "invite"], as: DeviceCommand.Invite.self)
        #expect(plain.name == nil)
        #expect(plain.valid.duration == .seconds(86_400))
        let personal = try parse(
            ["device", "invite", "--name", "roof", "--valid", "30min"], as: DeviceCommand.Invite.self)
        #expect(personal.name == "roof")
        #expect(personal.valid.duration == .seconds(1800))
    }

    @Test func anImportNamesItsFolder() throws {
        #expect(try parse(["import", "/media/stick", "--config", "a.conf"], as: Import.self).folder == "/media/stick")
    }

    @Test func aQueryHasLimits() throws {
        let query = try parse(["query", "SELECT 1", "--format", "csv", "--limit", "5"], as: Query.self)
        #expect(query.sql == "SELECT 1")
        #expect(query.format == .csv)
        #expect(query.limit == 5)
        #expect(query.timeout == 10)
    }

    @Test func aPublicationMayNameItsVersion() throws {
        let publish = try parse(["model", "publish", "3", "--force"], as: ModelCommand.Publish.self)
        #expect(publish.version == 3)
        #expect(publish.force)
        #expect(try parse(["model", "publish"], as: ModelCommand.Publish.self).version == nil)
    }

    @Test func theLakeIsBroughtUpToDateUnlessAllIsWanted() throws {
        #expect(try !parse(["etl"], as: Etl.self).full)
        #expect(try parse(["etl", "--full"], as: Etl.self).full)
    }

    @Test func aBackupIsMadeUnlessTheListIsAskedFor() throws {
        let backup = try parse(["backup", "--keep", "7"], as: BackupCommand.Make.self)
        #expect(backup.keep == 7)
        #expect(backup.place.folder == nil)
        #expect(try parse(["backup", "list", "--folder", "b"], as: BackupCommand.List.self).place.folder == "b")
        let restore = try parse(["restore", "2026-11-26T113500.250Z", "--replace"], as: Restore.self)
        #expect(restore.backup == "2026-11-26T113500.250Z")
        #expect(restore.replace)
        #expect(try parse(["restore"], as: Restore.self).backup == nil)
    }

    @Test(arguments: [
        ["unknown"], ["backup", "--keep", "0"], ["import"], ["device", "accept"],
        ["tables", "--digest", "--table", "visits"], ["query"],
        ["query", "SELECT 1", "--limit", "0"], ["query", "SELECT 1", "--format", "xml"],
        ["device", "invite", "--valid", "soon"], ["model", "publish", "latest"], ["serve", "--port", "1"],
    ])
    func aWrongCommandLineEndsWithUsage(arguments: [String]) {
        #expect {
            _ = try WaystationCloud.parseAsRoot(arguments)
        } throws: { error in
            WaystationCloud.exitCode(for: error) == .validationFailure
        }
    }
}
