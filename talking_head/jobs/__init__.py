"""Work that takes minutes: films, twins. Kept in SQLite, run one at a time in a process of lowest priority, told as it goes.

What a part that makes jobs needs to know:

- A kind of job is a name and a function, ``Kind("film", "talking_head.film.job:run", resumes=True)``, in
  ``server/jobs.py``. The function gets a :class:`~talking_head.jobs.work.Work`: ``parameters`` (JSON), ``config``,
  ``inputs`` (a folder with what was uploaded), ``folder`` (for itself, gone at the end), ``outputs`` (what is offered for
  download), and ``tell(share, sentence)``. It returns a JSON object (the result) or None. What it raises of ``errors.py`` is
  the sentence that the job failed with.
- ``runner.submit(kind, parameters, owner=…, title=…, inputs=folder)`` queues one; ``inputs`` comes from
  ``runner.new_inputs()`` and is taken over. ``runner.again(job)`` queues the same once more.
- States: ``queued`` → ``running`` → ``done`` | ``failed`` | ``cancelled``. A job whose server ended is run again at the next
  start where its kind ``resumes`` (its ``folder`` is as it was), else it has failed, in a sentence.
- To cancel ends the process at once and deletes what it made: write nothing outside of the job's folders.
- Files appear in ``outputs`` whole: write under a name that begins with a dot and rename. Those with a dot are not shown.
- Over HTTP (``server/routes/jobs.py``, scope *make*): ``GET /jobs``, ``GET /jobs/{id}``, ``GET /jobs/{id}/events`` (SSE),
  ``DELETE /jobs/{id}`` (cancels, or forgets one that has ended), ``POST /jobs/{id}/again``, ``GET /jobs/{id}/files/{name}``.
  In a route: ``request.app.state.jobs`` is the runner, ``routes.jobs.owner_of(request)`` the owner.
"""

from talking_head.jobs.limits import Kind, Limits
from talking_head.jobs.runner import JobRunner
from talking_head.jobs.store import ENDED, Job

__all__ = ["ENDED", "Job", "JobRunner", "Kind", "Limits"]
