#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A C face over simdjson's DOM. Elements point into the parser's last document and are good until its next parse.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct simd_json_parser simd_json_parser;

typedef struct {
    const void *_Nullable document;
    size_t index;
} simd_json_element;

/// A walk over an array's elements or an object's members; `next` stands on the one to be read.
typedef struct {
    simd_json_element next;
    simd_json_element end;
} simd_json_walk;

typedef struct {
    const uint8_t *_Nullable bytes;
    size_t count;
} simd_json_text;

typedef enum {
    SIMD_JSON_NULL,
    SIMD_JSON_BOOLEAN,
    SIMD_JSON_INTEGER,
    SIMD_JSON_UNSIGNED,
    SIMD_JSON_DOUBLE,
    SIMD_JSON_STRING,
    SIMD_JSON_ARRAY,
    SIMD_JSON_OBJECT,
} simd_json_kind;

/// NULL when memory is short.
simd_json_parser *_Nullable simd_json_create(size_t maximum_depth);
void simd_json_destroy(simd_json_parser *_Nonnull parser);

/// 0, or simdjson's error code, which `simd_json_message` words.
int simd_json_parse(simd_json_parser *_Nonnull parser, const uint8_t *_Nullable bytes, size_t count,
                    simd_json_element *_Nonnull root);
const char *_Nonnull simd_json_message(int code);

/// A value as it is, kind and content in one call; of an array or object the kind alone.
typedef struct {
    simd_json_kind kind;
    union {
        bool boolean;
        int64_t integer;
        uint64_t unsigned_integer;
        double number;
        simd_json_text string;
    };
} simd_json_content;

simd_json_content simd_json_content_of(simd_json_element element);
simd_json_kind simd_json_kind_of(simd_json_element element);
simd_json_walk simd_json_array_walk(simd_json_element array);
bool simd_json_array_next(simd_json_walk *_Nonnull walk, simd_json_element *_Nonnull element);
simd_json_walk simd_json_object_walk(simd_json_element object);
bool simd_json_object_next(simd_json_walk *_Nonnull walk, simd_json_text *_Nonnull key,
                           simd_json_element *_Nonnull value);

/// The name of a member to look for; `start` is what `simd_json_key_start` gives for it.
typedef struct {
    simd_json_text text;
    uint64_t start;
} simd_json_key;

/// The first eight bytes of a name, or all it has and zeros behind them.
uint64_t simd_json_key_start(const uint8_t *_Nullable bytes, size_t count);

/// The last member of each key, as most parsers read a repeated key, found in one walk over the object. A value without
/// a document stands where there is none, and everywhere where the element is no object or has no document itself.
void simd_json_members(simd_json_element object, const simd_json_key *_Nonnull keys, size_t count,
                       simd_json_element *_Nonnull values);

/// 128 bits that stand for all that a value says.
typedef struct {
    uint64_t low, high;
} simd_json_fingerprint;

/// What makes fingerprints those of one program's run, so that nobody outside can find two values that share one.
typedef struct {
    uint64_t words[4];
} simd_json_fingerprint_key;

/// The fingerprint of an object: equal for the same members with the same values in the same order, however their texts were
/// written. False for anything but an object.
bool simd_json_object_fingerprint(simd_json_element element, const simd_json_fingerprint_key *_Nonnull key,
                                  simd_json_fingerprint *_Nonnull fingerprint);

#ifdef __cplusplus
}
#endif
