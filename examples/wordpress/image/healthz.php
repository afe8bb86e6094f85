<?php
// Whether this task answers: it asks nobody else, so that a cache or a database that is away doesn't end all tasks.
header('Content-Type: text/plain');
echo "ok\n";
