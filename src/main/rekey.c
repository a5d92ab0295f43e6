/* The program rekey: command line and supervisor. */
#include "base/base.h"

int main(void)
{
	return 0;
}
