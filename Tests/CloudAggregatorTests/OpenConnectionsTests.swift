import Testing

@testable import CloudAggregator

@Suite struct OpenConnectionsTests {
    @Test func moreThanAreKeptMayBeOpenAndNoMoreThanTheLimit() {
        let connections = OpenConnections(limit: 3, kept: 1)
        connections.connectionOpened()
        #expect(!connections.areTooManyToKeep)
        connections.connectionOpened()
        #expect(connections.areTooManyToKeep && connections.isAcceptingNewConnections())
        connections.connectionOpened()
        #expect(!connections.isAcceptingNewConnections())
        connections.connectionClosed()
        connections.connectionClosed()
        #expect(!connections.areTooManyToKeep && connections.isAcceptingNewConnections())
    }
}
