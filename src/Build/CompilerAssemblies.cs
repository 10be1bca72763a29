using System.Reflection;
using System.Runtime.Loader;

namespace Prebake.Build;

/// <summary>
/// Where Roslyn comes from: the compiler of the build, so that the task reads sources as that compiler will, and the
/// package carries no second one.
/// </summary>
internal static class CompilerAssemblies
{
    private static readonly Lock s_lock = new();
    private static readonly List<string> s_folders = [];

    /// <summary>
    /// Lets assemblies of the compiler be found in a folder. Nothing that mentions Roslyn may be called earlier.
    /// </summary>
    /// <param name="folder">The project's <c>RoslynTargetsPath</c>.</param>
    public static void FindIn(string folder)
    {
        lock (s_lock)
        {
            bool isFirst = s_folders.Count == 0;
            // The compiler for .NET has a folder of its own; beside the targets lies that for .NET Framework, or
            // nothing
            Add(Path.Combine(folder, "bincore"));
            Add(folder);
            Add(Path.Combine(AppContext.BaseDirectory, "Roslyn", "bincore"));
            if (isFirst) AssemblyLoadContext.GetLoadContext(typeof(CompilerAssemblies).Assembly)!.Resolving += Resolve;
        }
    }

    private static void Add(string folder)
    {
        if (!s_folders.Contains(folder)) s_folders.Add(folder);
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is not ("Microsoft.CodeAnalysis" or "Microsoft.CodeAnalysis.CSharp")) return null;

        lock (s_lock)
        {
            string? file = s_folders
                .Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists);
            return file is null ? null : context.LoadFromAssemblyPath(file);
        }
    }
}
