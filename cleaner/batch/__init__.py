"""Many documents: records in and out, and the local run that loses none of them.

The way of the data::

    find -> read -> chunks (tree | shards | stream) -> workers (work) -> tree | shards | stream
    paths   Records           Chunks                      Outcomes        files and the journal

Reading and writing happen in the parent process, in order; only `work` runs in the workers, and it
knows nothing of files of output. On a cluster the whole way is gone in each of many processes, for
some of the inputs (`cluster`). `run` knows both engines.
"""
