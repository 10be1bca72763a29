using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>Tests with programs that not every machine has; skipped by name where one is missing.</summary>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools)
    {
        if (Array.Find(tools, tool => Tools.Find(tool) is null) is { } missing) Skip = $"No {missing} on the PATH";
    }
}

/// <summary>A test with a module of Python; skipped where no Python has it.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute(string module)
    {
        if (Tools.Find("python3") is null) Skip = "No python3 on the PATH";
        else if (With(module) is null) Skip = $"Python has no module {module}";
    }

    /// <summary>The first Python that has it: the system's may, with packages of its own, where another is in front.</summary>
    public static string? With(string module) =>
        ((string?[])[Tools.Find("python3"), "/usr/bin/python3"]).FirstOrDefault(python =>
            File.Exists(python) && Command.Run(python, "-c", $"import {module}").ExitCode == 0);
}

/// <summary>A test with the WebSocket of Node.js; skipped where it has none: those of 2023 and older.</summary>
public sealed class NodeSocketTheoryAttribute : TheoryAttribute
{
    /// <summary>Node.js 20 has one behind it, and later ones take it without effect.</summary>
    public const string Switch = "--experimental-websocket";

    public NodeSocketTheoryAttribute()
    {
        if (Tools.Find("node") is not { } node) Skip = "No node on the PATH";
        else if (Command.Run(node, Switch, "-e", "new WebSocket('ws://127.0.0.1:1').onerror = () => {}").ExitCode != 0)
            Skip = "Node.js has no WebSocket";
    }
}

/// <summary>A test with a package of npm, which <c>test.sh</c> fetches; skipped where that was not to be had.</summary>
public sealed class NodePackageTheoryAttribute : TheoryAttribute
{
    public NodePackageTheoryAttribute(string package)
    {
        if (Tools.Find("node") is null) Skip = "No node on the PATH";
        else if (!Directory.Exists(PathOf(package))) Skip = $"npm's {package} has not been fetched; test.sh does it";
    }

    /// <summary>What <c>require</c> is to be told.</summary>
    public static string PathOf(string package) =>
        Path.Combine(Repository.Root, "artifacts", "clients", "node_modules", package);
}
