/// Records in their order, to be read any number of times.
enum RecordRun: Sendable {
    case memory(SortedBlock)
    case file(RecordFile)
}
