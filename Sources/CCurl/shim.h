#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <stdint.h>
#include <time.h>

/// libcurl's option functions take any type after the option, which Swift cannot call: here is one function a type.
static inline CURLcode shim_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// The shape of the write, header and read callbacks.
typedef size_t (*shim_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*shim_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode shim_setopt_data_callback(CURL *handle, CURLoption option, shim_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_setopt_seek_callback(CURL *handle, shim_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

/// Of OpenSSL's library libssl, which libcurl here stands on: no more is used of it.
struct ssl_ctx_st;
struct X509_VERIFY_PARAM_st;
struct X509_VERIFY_PARAM_st *SSL_CTX_get0_param(struct ssl_ctx_st *context);
void X509_VERIFY_PARAM_set_time(struct X509_VERIFY_PARAM_st *parameters, time_t time);

static inline CURLcode shim_hold_certificates_against(CURL *handle, void *tls, void *seconds) {
    (void)handle;
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(tls), (time_t)(intptr_t)seconds);
    return CURLE_OK;
}
/// Lets the certificates of a server count if they do at that time, in seconds since 1970, whatever the machine's clock says.
static inline CURLcode shim_setopt_certificate_time(CURL *handle, int64_t seconds) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, (void *)(intptr_t)seconds);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, shim_hold_certificates_against);
}

static inline CURLcode shim_getinfo_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLcode shim_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode shim_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// Ends a connection whose peer has acknowledged nothing of what was sent for `*context` milliseconds (TCP_USER_TIMEOUT).
static inline int shim_limit_silence(void *context, curl_socket_t socket, curlsocktype purpose) {
    (void)purpose;
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, context, sizeof(unsigned int));
    return CURL_SOCKOPT_OK;
}
static inline CURLcode shim_setopt_silence(CURL *handle, const unsigned int *milliseconds) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, milliseconds);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, shim_limit_silence) : code;
}

static inline CURLMcode shim_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

/// The result that a finished transfer's message carries in a union.
static inline CURLcode shim_message_result(const CURLMsg *message) {
    return message->data.result;
}
