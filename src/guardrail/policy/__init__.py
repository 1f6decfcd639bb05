"""
Policies in Rego: loading, confined evaluation, three-valued decisions.

In the order of a run:

    engine = start_worker(shared)                     a child process that gets ready meanwhile
    library = load_library(engine, shared, sources)   built-in policies, and folders of an organisation
    params = resolve_parameters(library.policies, settings, environments)
    facts = Facts(graph=…, costs=…, change=…, run=Run(time_ns=…))
    evaluation = evaluate(engine, library, params, facts)      once for head, once for base
    document(facts, params, select)                   what `guardrail graph --format json` prints
    own.scan_incomplete(diagnostics), own.config_changed(files), own.own_rules(settings)
    engine.close()

with `shared = library.shared_module()` and `start_worker` in `regorus`, the others in the modules of their names.
"""
