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

simd_json_kind simd_json_kind_of(simd_json_element element);
bool simd_json_boolean(simd_json_element element);
int64_t simd_json_integer(simd_json_element element);
uint64_t simd_json_unsigned(simd_json_element element);
double simd_json_double(simd_json_element element);
simd_json_text simd_json_string(simd_json_element element);

simd_json_walk simd_json_array_walk(simd_json_element array);
bool simd_json_array_next(simd_json_walk *_Nonnull walk, simd_json_element *_Nonnull element);
simd_json_walk simd_json_object_walk(simd_json_element object);
bool simd_json_object_next(simd_json_walk *_Nonnull walk, simd_json_text *_Nonnull key,
                           simd_json_element *_Nonnull value);

/// The last member of that key, as most parsers read a repeated key; false where there is none, or no object.
bool simd_json_member(simd_json_element object, const uint8_t *_Nonnull key, size_t count,
                      simd_json_element *_Nonnull value);

#ifdef __cplusplus
}
#endif
