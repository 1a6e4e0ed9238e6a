#pragma once
#include <libpq-fe.h>
#include <sys/ioctl.h>

/// The bytes that a socket holds ready; `ioctl` is variadic, which Swift cannot call. Below zero after an error.
static inline int shim_readable_bytes(int socket) {
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 ? count : -1;
}
