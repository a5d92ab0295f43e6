/* Any bytes as LDIF. */
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return try_rows(&row_ldif, bytes, size);
}
