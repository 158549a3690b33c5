/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/world.h"
int main(void){return 0;}
