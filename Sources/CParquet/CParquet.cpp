#include "CParquet.h"

#if !__has_include(<parquet/api/writer.h>)
#error "Arrow's headers are not there: run provisioning/setup"
#endif

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <cstring>
#include <exception>
#include <memory>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <string>

struct parquet_writer {
    std::shared_ptr<arrow::Schema> schema;
    std::shared_ptr<arrow::io::FileOutputStream> file;
    std::unique_ptr<parquet::arrow::FileWriter> writer;
};

static bool say(const std::string &text, char *message) {
    std::strncpy(message, text.c_str(), PARQUET_MESSAGE_BYTES - 1);
    message[PARQUET_MESSAGE_BYTES - 1] = 0;
    return false;
}

/// Runs `body`; whatever it fails with becomes a sentence.
template <typename Body> static bool attempt(char *message, Body body) {
    try {
        arrow::Status status = body();
        if (status.ok()) return true;
        auto detail = status.detail();
        return say(status.message() + (detail ? ": " + detail->ToString() : ""), message);
    } catch (const std::exception &error) {
        return say(error.what(), message);
    }
}

static std::shared_ptr<arrow::DataType> type(parquet_kind kind) {
    switch (kind) {
    case PARQUET_INTEGER: return arrow::int64();
    case PARQUET_REAL: return arrow::float64();
    case PARQUET_TEXT: return arrow::utf8();
    case PARQUET_TRUTH: return arrow::boolean();
    }
    return arrow::null();
}

static std::shared_ptr<parquet::WriterProperties> properties(int compression_level) {
    return parquet::WriterProperties::Builder()
        .memory_pool(arrow::system_memory_pool())
        ->version(parquet::ParquetVersion::PARQUET_2_6)
        ->compression(arrow::Compression::ZSTD)
        ->compression_level(compression_level)
        ->enable_dictionary()
        ->enable_statistics()
        ->enable_write_page_index()
        ->enable_page_checksum()
        ->build();
}

static arrow::Status open(parquet_writer &target, const char *path, const parquet_column *columns, size_t count,
                          int compression_level) {
    arrow::FieldVector fields;
    for (size_t index = 0; index < count; index++) {
        fields.push_back(arrow::field(columns[index].name, type(columns[index].kind), columns[index].is_optional));
    }
    target.schema = arrow::schema(fields);
    ARROW_ASSIGN_OR_RAISE(target.file, arrow::io::FileOutputStream::Open(path));
    auto arrow_properties = parquet::ArrowWriterProperties::Builder().set_use_threads(true)->build();
    ARROW_ASSIGN_OR_RAISE(target.writer,
                          parquet::arrow::FileWriter::Open(*target.schema, arrow::system_memory_pool(), target.file,
                                                           properties(compression_level), arrow_properties));
    return arrow::Status::OK();
}

static std::shared_ptr<arrow::Buffer> view(const void *bytes, int64_t count) {
    return std::make_shared<arrow::Buffer>(static_cast<const uint8_t *>(bytes), count);
}

static std::shared_ptr<arrow::Array> array(const arrow::DataType &type, const parquet_cells &cells, int64_t rows) {
    auto validity = cells.nulls > 0 ? view(cells.validity, (rows + 7) / 8) : nullptr;
    if (type.id() == arrow::Type::BOOL) {
        auto bits = view(cells.values, (rows + 7) / 8);
        return std::make_shared<arrow::BooleanArray>(rows, bits, validity, cells.nulls);
    }
    if (type.id() == arrow::Type::STRING) {
        auto offsets = view(cells.offsets, (rows + 1) * static_cast<int64_t>(sizeof(int32_t)));
        return std::make_shared<arrow::StringArray>(rows, offsets, view(cells.values, cells.offsets[rows]), validity,
                                                    cells.nulls);
    }
    auto values = view(cells.values, rows * 8);
    if (type.id() == arrow::Type::DOUBLE) {
        return std::make_shared<arrow::DoubleArray>(rows, values, validity, cells.nulls);
    }
    return std::make_shared<arrow::Int64Array>(rows, values, validity, cells.nulls);
}

static arrow::Status write(parquet_writer &target, const parquet_cells *cells, int64_t rows) {
    arrow::ArrayVector arrays;
    for (int index = 0; index < target.schema->num_fields(); index++) {
        arrays.push_back(array(*target.schema->field(index)->type(), cells[index], rows));
    }
    // A buffered row group is the kind whose columns are encoded by several threads.
    ARROW_RETURN_NOT_OK(target.writer->NewBufferedRowGroup());
    return target.writer->WriteRecordBatch(*arrow::RecordBatch::Make(target.schema, rows, arrays));
}

extern "C" {

parquet_writer *parquet_writer_open(const char *path, const parquet_column *columns, size_t count,
                                    int compression_level, char *message) {
    std::unique_ptr<parquet_writer> created;
    bool is_open = attempt(message, [&] {
        created = std::make_unique<parquet_writer>();
        return open(*created, path, columns, count, compression_level);
    });
    return is_open ? created.release() : nullptr;
}

bool parquet_writer_write(parquet_writer *writer, const parquet_cells *cells, int64_t rows, char *message) {
    return attempt(message, [&] { return write(*writer, cells, rows); });
}

bool parquet_writer_close(parquet_writer *writer, char *message) {
    return attempt(message, [&] {
        ARROW_RETURN_NOT_OK(writer->writer->Close());
        return writer->file->Close();
    });
}

void parquet_writer_destroy(parquet_writer *writer) {
    // Of a file that was given up Arrow may complain while it closes it; nobody wants it any more.
    try {
        delete writer;
    } catch (const std::exception &) {
    }
}
}
