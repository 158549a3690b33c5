/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of an agent's capacity (100 unless set otherwise) a contact of each channel takes. The
 * routing core knows one rule only: a contact takes the whole agent. These are the gentler ones a
 * site begins with; an admin changes them by `PUT /api/v1/weights/CHANNEL`.
 */
#ifndef GATEWAY_WEIGHTS_H
#define GATEWAY_WEIGHTS_H

#include "gateway/engine.h"

/* Before the loop runs. Only at the very first start, when nothing was journalled, it does anything. */
void weights_begin(struct gateway *g);

#endif
