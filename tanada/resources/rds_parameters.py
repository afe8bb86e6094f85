"""Parameters of SQL engines that need a restart: `static`, as RDS calls them; the others are dynamic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def words(text: str) -> frozenset[str]:
    """Names that stand apart by blanks."""
    return frozenset(text.split())


_OF_POSTGRES = words(
    "autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age huge_pages jit_provider "
    "logging_collector max_connections max_files_per_process max_locks_per_transaction "
    "max_logical_replication_workers max_pred_locks_per_transaction max_prepared_transactions "
    "max_replication_slots max_wal_senders max_worker_processes min_dynamic_shared_memory old_snapshot_threshold "
    "pg_stat_statements.max rds.enable_plan_management rds.logical_replication rds.pg_stat_ramdisk_size "
    "rds.rds_superuser_reserved_connections rds.restrict_password_commands reserved_connections shared_buffers "
    "shared_memory_type shared_preload_libraries superuser_reserved_connections track_activity_query_size "
    "track_commit_timestamp wal_buffers wal_level"
)
"""Source: PostgreSQL's documentation, "can only be set at server start" (context `postmaster` in pg_settings); those of
`rds.` in the RDS user guide, "Working with parameters on your RDS for PostgreSQL DB instance"."""
_OF_MYSQL = words(
    "aurora_enhanced_binlog back_log character-set-client-handshake ft_max_word_len ft_min_word_len "
    "ft_query_expansion_limit ft_stopword_file gtid-mode innodb_autoinc_lock_mode innodb_buffer_pool_chunk_size "
    "innodb_buffer_pool_instances innodb_data_file_path innodb_file_per_table_at_start innodb_ft_cache_size "
    "innodb_ft_max_token_size innodb_ft_min_token_size innodb_ft_sort_pll_degree innodb_ft_total_cache_size "
    "innodb_log_file_size innodb_log_files_in_group innodb_numa_interleave innodb_open_files innodb_page_cleaners "
    "innodb_purge_threads innodb_read_io_threads innodb_read_only innodb_rollback_on_timeout "
    "innodb_sort_buffer_size innodb_sync_array_size innodb_use_native_aio innodb_write_io_threads "
    "log_slave_updates log_replica_updates lower_case_table_names max_digest_length ngram_token_size "
    "performance_schema performance_schema_max_digest_length skip-character-set-client-handshake skip-slave-start "
    "skip_name_resolve table_open_cache_instances thread_stack tls_version"
)
"""Source: MySQL's reference manual, "Server System Variable Reference", "Dynamic: No"; MariaDB's alike."""

STATIC: Mapping[str, frozenset[str]] = {
    "postgres": _OF_POSTGRES,
    "mysql": _OF_MYSQL,
    "mariadb": _OF_MYSQL,
    "aurora-postgresql": _OF_POSTGRES,
    "aurora-mysql": _OF_MYSQL | {"binlog_format"},
}
"""By engine. Aurora takes another binary log with a restart alone (Aurora user guide, "Configuring Aurora MySQL binary
logging")."""


def static(group: Mapping[str, Any]) -> frozenset[str]:
    """Of a parameter group's values: the parameters of its family that need a restart."""
    return STATIC.get(re.sub(r"[0-9.]+$", "", str(group.get("family"))), frozenset())
