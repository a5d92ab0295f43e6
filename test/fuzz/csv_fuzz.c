/* Any bytes as comma-separated values. */
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return try_rows(&row_csv, bytes, size);
}
