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

simd_json_content simd_json_content_of(simd_json_element element) {
    auto view = as_view<dom::element>(element);
    simd_json_content content{};
    switch (view.type()) {
    case dom::element_type::ARRAY: content.kind = SIMD_JSON_ARRAY; break;
    case dom::element_type::OBJECT: content.kind = SIMD_JSON_OBJECT; break;
    case dom::element_type::INT64:
        content.kind = SIMD_JSON_INTEGER;
        content.integer = view.get_int64().value_unsafe();
        break;
    case dom::element_type::UINT64:
        content.kind = SIMD_JSON_UNSIGNED;
        content.unsigned_integer = view.get_uint64().value_unsafe();
        break;
    case dom::element_type::DOUBLE:
        content.kind = SIMD_JSON_DOUBLE;
        content.number = view.get_double().value_unsafe();
        break;
    case dom::element_type::STRING:
        content.kind = SIMD_JSON_STRING;
        content.string = as_text(view.get_string().value_unsafe());
        break;
    case dom::element_type::BOOL:
        content.kind = SIMD_JSON_BOOLEAN;
        content.boolean = view.get_bool().value_unsafe();
        break;
    case dom::element_type::NULL_VALUE: content.kind = SIMD_JSON_NULL; break;
    }
    return content;
}

simd_json_kind simd_json_kind_of(simd_json_element element) { return simd_json_content_of(element).kind; }

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

void simd_json_members(simd_json_element object, const simd_json_text *keys, size_t count, simd_json_element *values) {
    std::memset(values, 0, count * sizeof *values);
    dom::object view;
    if (object.document == nullptr || as_view<dom::element>(object).get_object().get(view) != SUCCESS) return;
    for (auto at = view.begin(); at != view.end(); ++at) {
        auto key = at.key();
        for (size_t index = 0; index < count; ++index) {
            if (key == std::string_view(reinterpret_cast<const char *>(keys[index].bytes), keys[index].count))
                values[index] = as_element(at.value());
        }
    }
}
}
