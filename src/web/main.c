/* The program rekey-web. */
#include "base/base.h"

int main(void)
{
	return 0;
}
