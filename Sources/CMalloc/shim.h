/* mallopt, which glibc's own module map leaves out. */
#include <malloc.h>
