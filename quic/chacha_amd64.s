//go:build !purego

#include "textflag.h"

// Four ChaCha20 blocks (RFC 8439, Section 2.3) at once. A register is a row of
// the state of two blocks, one in each half:
//
//	blocks 0 and 1   blocks 2 and 3
//	      A0               A1         the constants
//	      B0               B1         the first half of the key
//	      C0               C1         the second half
//	      D0               D1         counter and nonce
//
// so that a quarter round on whole registers is a round on all columns.

#define A0 Y0
#define B0 Y1
#define C0 Y2
#define D0 Y3
#define A1 Y4
#define B1 Y5
#define C1 Y6
#define D1 Y7
#define START Y8 // A0 and A1 before the rounds
#define BY16 Y9
#define BY8 Y10
#define T0 Y11
#define T1 Y12

// x += y; z ^= x
#define ADD_XOR(x0, y0, z0, x1, y1, z1) \
	VPADDD y0, x0, x0 \
	VPADDD y1, x1, x1 \
	VPXOR  x0, z0, z0 \
	VPXOR  x1, z1, z1

// z <<<= 16 or 8
#define ROTATE_BYTES(by, z0, z1) \
	VPSHUFB by, z0, z0 \
	VPSHUFB by, z1, z1

// z <<<= left, right being 32-left
#define ROTATE(left, right, z0, z1) \
	VPSLLD left, z0, T0 \
	VPSLLD left, z1, T1 \
	VPSRLD right, z0, z0 \
	VPSRLD right, z1, z1 \
	VPXOR  T0, z0, z0 \
	VPXOR  T1, z1, z1

// RFC 8439, Section 2.1, on each column.
#define ROUND \
	ADD_XOR(A0, B0, D0, A1, B1, D1) \
	ROTATE_BYTES(BY16, D0, D1) \
	ADD_XOR(C0, D0, B0, C1, D1, B1) \
	ROTATE($12, $20, B0, B1) \
	ADD_XOR(A0, B0, D0, A1, B1, D1) \
	ROTATE_BYTES(BY8, D0, D1) \
	ADD_XOR(C0, D0, B0, C1, D1, B1) \
	ROTATE($7, $25, B0, B1)

// Turns the rows, so that diagonals become columns, or back.
#define TURN(b, d) \
	VPSHUFD b, B0, B0 \
	VPSHUFD b, B1, B1 \
	VPSHUFD $0x4e, C0, C0 \
	VPSHUFD $0x4e, C1, C1 \
	VPSHUFD d, D0, D0 \
	VPSHUFD d, D1, D1

// "expand 32-byte k"
DATA ·constants+0(SB)/8, $0x3320646e61707865
DATA ·constants+8(SB)/8, $0x6b20657479622d32
GLOBL ·constants(SB), RODATA|NOPTR, $16

// Which byte goes where when each word is turned left by 16 bits, or by 8.
DATA ·by16+0(SB)/8, $0x0504070601000302
DATA ·by16+8(SB)/8, $0x0d0c0f0e09080b0a
GLOBL ·by16(SB), RODATA|NOPTR, $16
DATA ·by8+0(SB)/8, $0x0605040702010003
DATA ·by8+8(SB)/8, $0x0e0d0c0f0a09080b
GLOBL ·by8(SB), RODATA|NOPTR, $16

// func chachaBlocksAVX2(key *[8]uint32, samples, blocks *[lanes][SampleSize]byte)
TEXT ·chachaBlocksAVX2(SB), NOSPLIT, $0-24
	MOVQ key+0(FP), AX
	MOVQ samples+8(FP), BX
	MOVQ blocks+16(FP), DI
	VBROADCASTI128 ·by16(SB), BY16
	VBROADCASTI128 ·by8(SB), BY8
	VBROADCASTI128 ·constants(SB), START
	VMOVDQA START, A0
	VMOVDQA START, A1
	VBROADCASTI128 (AX), B0
	VBROADCASTI128 16(AX), C0
	VMOVDQA B0, B1
	VMOVDQA C0, C1
	VMOVDQU (BX), X3
	VINSERTI128 $1, 16(BX), D0, D0
	VMOVDQU 32(BX), X7
	VINSERTI128 $1, 48(BX), D1, D1
	MOVQ $10, CX

rounds:
	ROUND
	TURN($0x39, $0x93)
	ROUND
	TURN($0x93, $0x39)
	DECQ CX
	JNZ  rounds

	VPADDD  START, A0, A0
	VPADDD  START, A1, A1
	VMOVDQU A0, (DI)
	VMOVDQU A1, 32(DI)
	VZEROUPPER
	RET
