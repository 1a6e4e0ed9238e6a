#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A C face over Apache Arrow's Parquet writer: a file, row group by row group, out of columns that lie in memory as
/// Arrow lays them out. A function that fails returns null or false and leaves a sentence in `message`.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parquet_writer parquet_writer;

typedef enum {
    PARQUET_INTEGER,
    PARQUET_REAL,
    PARQUET_TEXT,
    PARQUET_TRUTH,
} parquet_kind;

typedef struct {
    const char *_Nonnull name;
    parquet_kind kind;
    bool is_optional;
} parquet_column;

/// The cells of a column in one row group.
typedef struct {
    /// 64-bit integers, doubles, or the bytes of all texts, one behind the other; of truths a bit a row, as in `validity`.
    const void *_Nonnull values;
    /// Of texts: where each begins, and behind the last one its end.
    const int32_t *_Nullable offsets;
    /// A bit a row, the lowest of a byte first, set where there is a value; null where all have one.
    const uint8_t *_Nullable validity;
    /// How many rows have none.
    int64_t nulls;
} parquet_cells;

enum { PARQUET_MESSAGE_BYTES = 512 };

parquet_writer *_Nullable parquet_writer_open(
    const char *_Nonnull path, const parquet_column *_Nonnull columns, size_t count, int compression_level,
    char *_Nonnull message);

/// Writes a row group; the cells, one for each column, are read and not kept.
bool parquet_writer_write(
    parquet_writer *_Nonnull writer, const parquet_cells *_Nonnull cells, int64_t rows, char *_Nonnull message);

/// Writes the end of the file, without which it cannot be read, and closes it.
bool parquet_writer_close(parquet_writer *_Nonnull writer, char *_Nonnull message);

void parquet_writer_destroy(parquet_writer *_Nonnull writer);

#ifdef __cplusplus
}
#endif
