"""What several tests share: a server, a page, films for its cameras, walks through it."""

import pytest

pytest.register_assert_rewrite("support.walk")  # an answer that is not the wanted one is named
