/*
 * Functions that do not compile here. Include it last, in every .c file of lib/ and cmd/.
 * Note: process_vm_readv() pins the pages it reads, and a read-only pin of a shared anonymous page
 *       unshares it (Linux commit a7f226604170, since 5.19): looking would copy what we look at.
 */
#ifndef VMSPY_BASE_BANNED_H
#define VMSPY_BASE_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf gets atoi atol atoll
#pragma GCC poison process_vm_readv process_vm_writev

#endif
