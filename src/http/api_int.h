/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of /api/v1 share. */
#ifndef HTTP_API_INT_H
#define HTTP_API_INT_H
#include "http/api.h"

bool api_flag(struct api_call *c, const char *name);    /* NAME=1 */

/* api_sheet.c: spreadsheets in and out */
enum rc api_import(struct api_call *c);
enum rc api_import_errors(struct api_call *c);
enum rc api_export_xlsx(struct api_call *c);
enum rc api_export_csv(struct api_call *c);
enum rc api_template(struct api_call *c);

#endif
