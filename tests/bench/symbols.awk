# Variables of four bytes, as many as `count` says: assembler for the program with many names.
BEGIN {
	print ".data"
	for (i = 0; i < count; i++)
		printf ".globl variable_%d;.type variable_%d,@object;.size variable_%d,4;variable_%d:.long 1\n", i, i, i, i
	print ".section .note.GNU-stack,\"\",@progbits"
}
