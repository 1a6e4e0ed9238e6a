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

/// The smallest page of any machine.
static const uintptr_t page_bytes = 4096;

/// Whether simdjson may look behind a text that long, as it does: what is on the text's own last page can be read,
/// whoever it belongs to, and is not taken for part of the text. See "Padding and Temporary Copies" in simdjson's manual.
static bool has_padding(const uint8_t *bytes, size_t count) {
    auto last = reinterpret_cast<uintptr_t>(bytes) + count - 1;
    return count > 0 && last % page_bytes + SIMDJSON_PADDING < page_bytes;
}

int simd_json_parse(simd_json_parser *parser, const uint8_t *bytes, size_t count, simd_json_element *root) {
    dom::element element;
    auto error = parser->parser.parse(bytes, count, !has_padding(bytes, count)).get(element);
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

/// The first eight bytes of a name, or all it has and zeros behind them, out of eight bytes that can be read there.
static uint64_t name_start(const void *bytes, size_t count) {
    uint64_t start;
    std::memcpy(&start, bytes, sizeof start);
    return count < sizeof start ? start & ((uint64_t{1} << 8 * count) - 1) : start;
}

uint64_t simd_json_key_start(const uint8_t *bytes, size_t count) {
    char start[sizeof(uint64_t)] = {};
    if (count > 0) std::memcpy(start, bytes, count < sizeof start ? count : sizeof start);
    return name_start(start, count);
}

void simd_json_members(simd_json_element object, const simd_json_key *keys, size_t count, simd_json_element *values) {
    std::memset(static_cast<void *>(values), 0, count * sizeof *values);
    dom::object view;
    if (object.document == nullptr || as_view<dom::element>(object).get_object().get(view) != SUCCESS) return;
    for (auto at = view.begin(); at != view.end(); ++at) {
        auto name = at.key();
        // simdjson's strings have more than eight bytes behind the last of them.
        auto start = name_start(name.data(), name.size());
        for (size_t index = 0; index < count; ++index) {
            auto &key = keys[index];
            if (key.start != start || key.text.count != name.size()) continue;
            if (name.size() > sizeof start && std::memcmp(key.text.bytes, name.data(), name.size()) != 0) continue;
            values[index] = as_element(at.value());
        }
    }
}

/// The halves of a product of 128 bits, one laid over the other, as in wyhash (https://github.com/wangyi-fudan/wyhash).
static uint64_t fold(uint64_t left, uint64_t right) {
    auto product = static_cast<unsigned __int128>(left) * right;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// A fingerprint that takes sixteen bytes a step.
struct fingerprint_state {
    simd_json_fingerprint_key key;
    simd_json_fingerprint lanes;
    uint64_t waiting = 0;
    bool has_waiting = false;

    explicit fingerprint_state(const simd_json_fingerprint_key &chosen)
        : key(chosen), lanes{chosen.words[0], chosen.words[1]} {}

    void take(uint64_t first, uint64_t second) {
        lanes.low = fold(first ^ lanes.low, second ^ key.words[2]);
        lanes.high = fold(first ^ key.words[3], second ^ lanes.high);
    }

    void take(uint64_t word) {
        if (has_waiting) take(waiting, word);
        waiting = word;
        has_waiting = !has_waiting;
    }

    void take(const uint8_t *bytes, size_t count) {
        uint64_t words[2];
        for (; count >= sizeof words; bytes += sizeof words, count -= sizeof words) {
            std::memcpy(words, bytes, sizeof words);
            take(words[0], words[1]);
        }
        words[0] = words[1] = 0;
        std::memcpy(words, bytes, count);
        take(words[0], words[1]);
        take(has_waiting ? waiting : 0, count);
    }
};

bool simd_json_object_fingerprint(simd_json_element element, const simd_json_fingerprint_key *key,
                                  simd_json_fingerprint *fingerprint) {
    auto *document = static_cast<const dom::document *>(element.document);
    const internal::tape_ref start(document, element.index);
    if (start.tape_ref_type() != internal::tape_type::START_OBJECT) return false;
    const size_t end = start.matching_brace_index();
    fingerprint_state state(*key);
    // simdjson's strings lie behind one another in the order of the text, each with its length before it.
    const uint8_t *strings = nullptr;
    const uint8_t *strings_end = nullptr;
    for (size_t place = element.index; place < end; ++place) {
        auto word = document->tape[place];
        auto value = word & internal::JSON_VALUE_MASK;
        auto kind = word & ~internal::JSON_VALUE_MASK;
        switch (static_cast<internal::tape_type>(word >> 56)) {
        case internal::tape_type::STRING: {
            auto *string = document->string_buf.get() + value;
            uint32_t length;
            std::memcpy(&length, string, sizeof length);
            if (strings == nullptr) strings = string;
            strings_end = string + sizeof length + length;
            state.take(kind);
            break;
        }
        case internal::tape_type::INT64:
        case internal::tape_type::UINT64:
        case internal::tape_type::DOUBLE:
            state.take(kind);
            ++place;
            state.take(document->tape[place]);
            break;
        default: state.take(kind);
        }
    }
    state.take(strings, strings == nullptr ? 0 : static_cast<size_t>(strings_end - strings));
    *fingerprint = state.lanes;
    return true;
}
}
