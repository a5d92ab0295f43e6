/* In programs built to be measured only: opens the file of their counts before the cage closes, so
 * that the cage is as tight as in a release and the counts are still written when the program ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of clang's profile runtime; without merging it only writes to the file it was given. */
extern void __llvm_profile_set_file_object(FILE *file, int merge);

/* The supervisor hands its programs descriptors by number: a file must not take the place of one.
 */
enum { out_of_the_way = 64 };

__attribute__((constructor)) static void counts_open(void)
{
	const char *folder = getenv("REKEY_COUNTS");
	char path[512];
	int given, moved;
	FILE *file;

	if (!folder ||
		snprintf(path, sizeof(path), "%s/XXXXXX.profraw", folder) >= (int)sizeof(path))
		return;
	given = mkstemps(path, 8);
	moved = given < 0 ? -1 : fcntl(given, F_DUPFD_CLOEXEC, out_of_the_way);
	if (given >= 0)
		(void)close(given);
	file = moved < 0 ? NULL : fdopen(moved, "we");
	if (!file) {
		(void)fprintf(stderr, "no counts in %s: %m\n", folder);
		return;
	}
	__llvm_profile_set_file_object(file, 0);
}
