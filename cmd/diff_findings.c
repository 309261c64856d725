/* vmspy diff: the sentences that matter most. */
#include "diff.h"
#include "diff_text.h"
#include "report/finding_rows.h"

#include "base/banned.h"

static void print_for_people(const struct diff *diff, struct render *render)
{
	bool is_first = true;

	for (size_t i = 0; i < diff->findings.count; i++) {
		if (diff->findings.finding[i].in_headline)
			continue;
		if (is_first)
			diff_text_gap(&diff->output, render);
		is_first = false;
		diff_text_paragraph(&diff->output, render, "  - ", diff->findings.finding[i].text);
	}
}

void diff_print_findings(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_finding_columns);

	if (diff->output.style.format == RENDER_TEXT) {
		print_for_people(diff, render);
		return;
	}
	render_open_array(render, "findings");
	for (size_t i = 0; i < diff->findings.count; i++)
		render_object(render, NULL, &columns, &diff->findings.finding[i]);
	render_close(render);
}
