/* The rows of `findings` in `vmspy diff --json`. */
#ifndef VMSPY_REPORT_FINDING_ROWS_H
#define VMSPY_REPORT_FINDING_ROWS_H

#include "report/column.h"

/* The row is a struct vmspy_finding. */
extern const struct vmspy_column vmspy_finding_columns[];

#endif
