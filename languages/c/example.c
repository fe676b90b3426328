/* Pascal's triangle, a row at a time. */
#include <stdio.h>

int main(void) {
    for (int row = 0; row < 8; row++) {
        long value = 1;
        printf("%*s", 2 * (8 - row), "");
        for (int column = 0; column <= row; column++) {
            printf("%4ld", value);
            value = value * (row - column) / (column + 1);
        }
        putchar('\n');
    }
    return 0;
}
