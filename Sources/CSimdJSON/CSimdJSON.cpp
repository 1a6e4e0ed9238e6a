#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <type_traits>

using namespace simdjson;

struct simd_json_parser {
    dom::parser parser;
};

/// simdjson's views are a document pointer and an index; the copies below rest on that.
template <typename View> static View as_view(simd_json_element element) {
    static_assert(sizeof(View) == sizeof(simd_json_element) && std::is_trivially_copyable<View>::value, "view layout");
    View view;
    std::memcpy(static_cast<void *>(&view), &element, sizeof view);
    return view;
}

template <typename View> static simd_json_element as_element(View view) {
    static_assert(sizeof(View) == sizeof(simd_json_element) && std::is_trivially_copyable<View>::value, "view layout");
    simd_json_element element;
    std::memcpy(&element, static_cast<const void *>(&view), sizeof element);
    return element;
}

static simd_json_text as_text(std::string_view view) {
    return {reinterpret_cast<const uint8_t *>(view.data()), view.size()};
}

extern "C" {

simd_json_parser *simd_json_create(size_t maximum_depth) {
    auto *created = new (std::nothrow) simd_json_parser;
    if (created != nullptr && created->parser.allocate(64 * 1024, maximum_depth) != SUCCESS) {
        delete created;
        return nullptr;
    }
    return created;
}

void simd_json_destroy(simd_json_parser *parser) { delete parser; }

int simd_json_parse(simd_json_parser *parser, const uint8_t *bytes, size_t count, simd_json_element *root) {
    dom::element element;
    auto error = parser->parser.parse(bytes, count, true).get(element);
    if (error == SUCCESS) *root = as_element(element);
    return error;
}

const char *simd_json_message(int code) { return error_message(static_cast<error_code>(code)); }

simd_json_kind simd_json_kind_of(simd_json_element element) {
    switch (as_view<dom::element>(element).type()) {
    case dom::element_type::ARRAY: return SIMD_JSON_ARRAY;
    case dom::element_type::OBJECT: return SIMD_JSON_OBJECT;
    case dom::element_type::INT64: return SIMD_JSON_INTEGER;
    case dom::element_type::UINT64: return SIMD_JSON_UNSIGNED;
    case dom::element_type::DOUBLE: return SIMD_JSON_DOUBLE;
    case dom::element_type::STRING: return SIMD_JSON_STRING;
    case dom::element_type::BOOL: return SIMD_JSON_BOOLEAN;
    case dom::element_type::NULL_VALUE: break;
    }
    return SIMD_JSON_NULL;
}

bool simd_json_boolean(simd_json_element element) { return as_view<dom::element>(element).get_bool().value_unsafe(); }
int64_t simd_json_integer(simd_json_element element) { return as_view<dom::element>(element).get_int64().value_unsafe(); }
uint64_t simd_json_unsigned(simd_json_element element) {
    return as_view<dom::element>(element).get_uint64().value_unsafe();
}
double simd_json_double(simd_json_element element) { return as_view<dom::element>(element).get_double().value_unsafe(); }
simd_json_text simd_json_string(simd_json_element element) {
    return as_text(as_view<dom::element>(element).get_string().value_unsafe());
}

simd_json_walk simd_json_array_walk(simd_json_element array) {
    auto view = as_view<dom::element>(array).get_array().value_unsafe();
    return {as_element(view.begin()), as_element(view.end())};
}

bool simd_json_array_next(simd_json_walk *walk, simd_json_element *element) {
    auto at = as_view<dom::array::iterator>(walk->next);
    if (!(at != as_view<dom::array::iterator>(walk->end))) return false;
    *element = as_element(*at);
    ++at;
    walk->next = as_element(at);
    return true;
}

simd_json_walk simd_json_object_walk(simd_json_element object) {
    auto view = as_view<dom::element>(object).get_object().value_unsafe();
    return {as_element(view.begin()), as_element(view.end())};
}

bool simd_json_object_next(simd_json_walk *walk, simd_json_text *key, simd_json_element *value) {
    auto at = as_view<dom::object::iterator>(walk->next);
    if (!(at != as_view<dom::object::iterator>(walk->end))) return false;
    *key = as_text(at.key());
    *value = as_element(at.value());
    ++at;
    walk->next = as_element(at);
    return true;
}

bool simd_json_member(simd_json_element object, const uint8_t *key, size_t count, simd_json_element *value) {
    dom::object view;
    if (as_view<dom::element>(object).get_object().get(view) != SUCCESS) return false;
    std::string_view wanted(reinterpret_cast<const char *>(key), count);
    bool found = false;
    for (auto at = view.begin(); at != view.end(); ++at) {
        if (at.key_equals(wanted)) {
            *value = as_element(at.value());
            found = true;
        }
    }
    return found;
}
}
