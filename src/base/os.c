/* Small things of the operating system. */
#include "base/base.h"

#include <stdlib.h>
#include <unistd.h>

void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void memory_return(void *memory)
{
	free(memory);
}
