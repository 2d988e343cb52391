/* SPDX-License-Identifier: Apache-2.0 */
/* Words that several modules' tables share. */
#ifndef MOD_WORDS_H
#define MOD_WORDS_H
#include "record/record.h"

extern const struct option line_options[];      /* office_it, community_video */
extern const struct option sla_group_options[]; /* device, network, camera, switch ... */
extern const struct option grade_options[];     /* general, serious */
extern const struct option calendar_options[];  /* 24x7, 5x8 */
extern const struct option metric_options[];    /* respond, arrive, restore ... */

#endif
