"""Whether an answer was right: thumbs, a reason, a word more. What is sent is kept with the answer's receipt."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from assistant.feedback import BadFeedback, Feedback
from assistant.web.talk import Talk
from prompts.wording import Wording

REASONS = ("wrong", "not_supported", "missing", "outdated")
_MOST = 1_000  # characters of a comment


@dataclass
class Opinion:
    """The parts: the two thumbs, and what opens under them where something is wrong."""

    words: Wording
    row: gr.Row
    form: gr.Column
    told: gr.HTML
    thumbs: tuple[gr.Button, gr.Button]
    reason: gr.Radio
    comment: gr.Textbox
    send: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [self.row, self.form, self.told]

    def shown(self, receipt: str) -> tuple[Any, ...]:
        """With a new answer the thumbs are there again; without one they are not."""
        return gr.update(visible=bool(receipt)), gr.update(visible=False), ""

    def wire(self, talk: gr.State, feedback: Feedback, options: dict[str, Any]) -> None:
        """What the buttons do."""

        def send(verdict: str, reason: str | None, comment: str, state: Talk) -> tuple[Any, ...]:
            try:
                feedback.add(state.receipt, verdict, reason, comment)
            except BadFeedback as error:
                return gr.update(), gr.update(), self._told(str(error))
            return gr.update(visible=False), gr.update(visible=False), self._told(self.words.say("feedback.told"))

        up, down = self.thumbs
        up.click(lambda state: send("up", None, "", state), [talk], self.outputs, **options)
        down.click(lambda: gr.update(visible=True), None, self.form, **options)
        self.send.click(
            lambda reason, comment, state: send("down", reason, comment or "", state),
            [self.reason, self.comment, talk],
            self.outputs,
            **options,
        )

    def _told(self, text: str) -> str:
        return f'<p role="status" class="otr-note">{escape(text)}</p>'


def make_opinion(words: Wording) -> Opinion:
    """The parts, hidden until there is an answer."""
    say = words.say
    with gr.Row(visible=False, elem_id="otr-opinion", equal_height=True) as row:
        gr.HTML(f"<p>{escape(say('feedback.title'))}</p>", padding=False)
        up = gr.Button(say("feedback.up"), size="sm", min_width=60, scale=0, elem_id="otr-up")
        down = gr.Button(say("feedback.down"), size="sm", min_width=60, scale=0, elem_id="otr-down")
    with gr.Column(visible=False, elem_id="otr-why") as form:
        choices = [(say(f"feedback.{one}"), one) for one in REASONS]
        reason = gr.Radio(choices, value=REASONS[0], label=say("feedback.why"))
        comment = gr.Textbox(label=say("feedback.comment"), max_length=_MOST, lines=2)
        gr.HTML(f'<p class="otr-note">{escape(say("feedback.kept"))}</p>')
        send = gr.Button(say("feedback.send"), size="sm", elem_id="otr-send")
    return Opinion(words, row, form, gr.HTML("", padding=False), (up, down), reason, comment, send)
