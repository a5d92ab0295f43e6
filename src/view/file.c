/* The files that pages name. */
#include "view/inside.h"

const struct view_file *view_static(struct str path)
{
	for (size_t i = 0; i < view_file_count; i++)
		if (str_same(view_files[i].path, path))
			return &view_files[i];
	return NULL;
}
