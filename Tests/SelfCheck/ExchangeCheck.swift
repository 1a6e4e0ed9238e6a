import BatchFormat
import Cryptography
import EdgeCollector
import Scoring

/// What a machine has left in a folder is right on this one: batches as the cloud checks them, a model as an edge does.
struct ExchangeCheck {
    let material: Material
    let folder: StateDirectory

    func run() throws {
        guard let file = try folder.read(ScoreCheck.modelName) else {
            throw CheckFailure(description: "there is no model in \(folder.path)")
        }
        let model = try ModelArtifact.open(file, key: material.key.publicKey)
        try model.verifyGoldenVectors(tolerance: ScoreCheck.tolerance)
        SelfCheck.report("model", "\(model.goldenVectors.count) golden vectors within \(ScoreCheck.tolerance)")

        var sequence: Int64 = 1
        var previous = Manifest.noPrevious
        while let file = try folder.read(SpoolCheck.batchName(sequence)) {
            let batch = try SealedBatch.open(file, key: material.key.publicKey)
            try SelfCheck.require(batch.manifest.previous == previous, "batch \(sequence) is not chained")
            previous = batch.manifest.sha256
            SelfCheck.report("batch", batch.manifest.whatAllMachinesShare)
            SelfCheck.report("batch, events", Hexadecimal.encode(SHA256.digest(batch.events)))
            sequence += 1
        }
        try SelfCheck.require(sequence > 1, "there are no batches in \(folder.path)")
    }
}
