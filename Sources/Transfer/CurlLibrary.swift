import CCurl
import Glibc

/// libcurl itself, set up once for the process.
enum CurlLibrary {
    /// libcurl leaves it to a program with its own signals to ignore SIGPIPE, which TLS may raise on a broken connection.
    static let isReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()
}

/// The multi handle, kept by the loop and by those who may wake it up from elsewhere.
final class MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    init() throws(TransferError) {
        guard CurlLibrary.isReady, let pointer = curl_multi_init() else {
            throw .library(code: Int(CURLE_FAILED_INIT.rawValue), "libcurl cannot be set up")
        }
        self.pointer = pointer
    }

    deinit {
        curl_multi_cleanup(pointer)
    }

    /// Turns a code of the multi interface into this module's error.
    static func check(_ code: CURLMcode) throws(TransferError) {
        guard code == CURLM_OK else {
            throw .library(code: Int(code.rawValue), String(cString: curl_multi_strerror(code)))
        }
    }
}

/// Makes a loop's `wait` return at once. The one thing of a loop that any thread may use.
public struct TransferWaker: Sendable {
    let multi: MultiHandle

    /// Makes the wait that goes on, or else the next one, return at once.
    public func wakeUp() {
        curl_multi_wakeup(multi.pointer)
    }
}
