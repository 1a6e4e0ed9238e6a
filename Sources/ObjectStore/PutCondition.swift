/// What to do about an object that is there already.
public enum PutCondition: Sendable {
    /// Put the new one in its place.
    case replace
    /// Leave it.
    case ifAbsent
}
