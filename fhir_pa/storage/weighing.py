"""Work for the engine that an exchange had no time for: asked for by the transaction that keeps the authorization."""

from __future__ import annotations

from fhir_pa.storage.ground import Ground
from fhir_pa.um.case.authorization import Authorization


class WeighingWriting(Ground):
    """Asking for work of the engine."""

    def weigh_later(self, authorization: Authorization) -> None:
        """See to it that the items not weighed yet are weighed, once for this revision; call it after ``add`` or ``save``."""
        if any(item.determination.awaits_engine for item in authorization.pended):
            self.queue.enqueue_weighing(self.connection, f"{authorization.number}:weigh:{authorization.revision}", authorization.number)
