namespace Prebake.Conduit;

/// <summary>Where the API runs in a test.</summary>
public enum Host
{
    /// <summary>In the test's own process, by <c>Serve.Test</c>.</summary>
    InProcess,

    /// <summary>The sample as it is published, by NativeAOT.</summary>
    Binary,
}

/// <summary>A test over PostgreSQL, once in process and once against the native binary; skipped by name without PostgreSQL.</summary>
public sealed class ConduitTheoryAttribute : TheoryAttribute
{
    public ConduitTheoryAttribute()
    {
        if (PostgresPrograms.Folder is null) Skip = "PostgreSQL is not installed (initdb, postgres)";
    }
}

/// <summary>A test over PostgreSQL in process only.</summary>
public sealed class ConduitFactAttribute : FactAttribute
{
    public ConduitFactAttribute()
    {
        if (PostgresPrograms.Folder is null) Skip = "PostgreSQL is not installed (initdb, postgres)";
    }
}
