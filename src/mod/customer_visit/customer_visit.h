/* SPDX-License-Identifier: Apache-2.0 */
/* Visits to the units that are served (F-20): what they need, how things stand, what they say of it. */
#ifndef MOD_CUSTOMER_VISIT_CUSTOMER_VISIT_H
#define MOD_CUSTOMER_VISIT_CUSTOMER_VISIT_H
#include "record/record.h"

extern const struct kind customer_visit_kind;
#endif
