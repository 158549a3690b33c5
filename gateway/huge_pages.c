/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/huge_pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void huge_pages_advise(void *p, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)p + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)p + bytes) / page * page;
	if (begin < end && madvise((void *)begin, end - begin, MADV_HUGEPAGE) < 0)
		return; /* slower, not wrong */
}
