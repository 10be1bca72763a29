using System.Runtime.CompilerServices;

namespace Prebake.Generators.Tests;

/// <summary>Compares with a file beside the tests. <c>UPDATE_GOLDEN=1</c> writes the files anew; a mismatch leaves a <c>.received</c> to look at.</summary>
internal static class Golden
{
    public static void Match(string actual, [CallerMemberName] string test = "")
    {
        string file = Path.Combine(Repository.Root, "tests", "Generators", "golden", test + ".g.cs.txt");
        string received = file + ".received";

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        string expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"{file} differs from {received}; if that is right, run the tests with UPDATE_GOLDEN=1.");
    }
}
